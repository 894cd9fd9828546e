"""The tables of what is kept beside the rows so that queries need not read all of them.

They hold columns and sets of words, each cut into chunks of 65,536 item ids, and what says for which items
they are true. All of it is made from the other tables and can be made anew.
"""

from __future__ import annotations

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from imr_archive.archive.base import Base


class ItemSetState(Base):
    """For which items columns and sets of words are kept: one row, none where there are none."""

    __tablename__ = "item_set_state"
    __table_args__ = (
        {"comment": "For which items columns and sets of words are kept", "info": {"internal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Always 1")
    method: Mapped[str] = mapped_column(comment="How columns and sets are made and written")
    token: Mapped[int] = mapped_column(comment="Another number whenever something of them is written")
    last_item_id: Mapped[int] = mapped_column(comment="Items up to this row number are in them")
    watched_item_id: Mapped[int] = mapped_column(comment="Changes of items up to this number are noted")
    phrases_hash: Mapped[int] = mapped_column(comment="Hash of the vocabulary's phrases that have sets")
    words_chosen_at: Mapped[int] = mapped_column(comment="Last item id when the common words were chosen")


class ItemChunk(Base):
    """65,536 item ids in a row, as far as they were there when the chunk was made."""

    __tablename__ = "item_chunks"
    __table_args__ = (
        {"comment": "The items of each 65,536 row numbers that are kept", "info": {"internal": True}},
    )

    chunk: Mapped[int] = mapped_column(primary_key=True, comment="Item id divided by 65,536")
    items: Mapped[bytes] = mapped_column(LargeBinary, comment="Ids that items have, a Roaring bitmap")


class ItemColumn(Base):
    """One column of values by item."""

    __tablename__ = "item_columns"
    __table_args__ = ({"comment": "Columns of values by item, for counting", "info": {"internal": True}},)

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number, below 2^20")
    name: Mapped[str] = mapped_column(unique=True, comment="Name and hash of the definition")
    kind: Mapped[str] = mapped_column(comment="codes, several, numbers or days")
    depends_on: Mapped[str] = mapped_column(
        comment="Tables whose changes make it untrue, a space around each"
    )
    changes: Mapped[int] = mapped_column(comment="Counts what made it untrue")
    begun: Mapped[int] = mapped_column(comment="The count when making it began")
    built: Mapped[int] = mapped_column(comment="The count for which all of it is made: true if the same")


class ItemColumnValue(Base):
    """A value of a column and the number that stands for it."""

    __tablename__ = "item_column_values"
    __table_args__ = ({"comment": "What the codes of a column stand for", "info": {"internal": True}},)

    column_id: Mapped[int] = mapped_column(primary_key=True, comment="The column")
    code: Mapped[int] = mapped_column(primary_key=True, comment="Its code, from 1")
    value: Mapped[bytes] = mapped_column(LargeBinary, comment="The value: text or a number")


class ItemColumnChunk(Base):
    """The codes or numbers of one column in one chunk."""

    __tablename__ = "item_column_chunks"
    __table_args__ = (
        {"comment": "Codes or numbers of a column for the items of a chunk", "info": {"internal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="chunk * 2^20 + column")
    codes: Mapped[bytes] = mapped_column(LargeBinary, comment="Packed arrays")


class WordSet(Base):
    """A word or phrase that is common enough for its items to be kept."""

    __tablename__ = "word_sets"
    __table_args__ = (
        UniqueConstraint("part", "stems"),
        {"comment": "Common words and phrases whose items are kept", "info": {"internal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Row number, below 2^20")
    part: Mapped[str] = mapped_column(comment="heading, rationale or summary")
    stems: Mapped[str] = mapped_column(comment="Its words as the search index holds them")
    expression: Mapped[str] = mapped_column(comment="The same as it is searched for")


class WordSetChunk(Base):
    """The items of one chunk that have a word."""

    __tablename__ = "word_set_chunks"
    __table_args__ = (
        {"comment": "Items of a chunk that have a common word or phrase", "info": {"internal": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="chunk * 2^20 + word set")
    items: Mapped[bytes] = mapped_column(LargeBinary, comment="Item ids, a Roaring bitmap")


class ChangedItem(Base):
    """A change of an item after its chunk was made, noted by triggers."""

    __tablename__ = "changed_items"
    __table_args__ = (
        {"comment": "Items that changed since their chunk was made", "info": {"internal": True}},
    )

    number: Mapped[int] = mapped_column(primary_key=True, comment="Row number, in order of the changes")
    item_id: Mapped[int] = mapped_column(comment="The disputed item, which may be gone")
