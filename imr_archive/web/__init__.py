"""The archive in a browser: Datasette on a live archive."""

from __future__ import annotations

from imr_archive.web.server import DEFAULT_HOST, DEFAULT_PORT, datasette_application, serve

__all__ = ["DEFAULT_HOST", "DEFAULT_PORT", "datasette_application", "serve"]
