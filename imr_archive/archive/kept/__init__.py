"""What an archive keeps beside its rows so that queries are quick: columns and sets of common words."""
