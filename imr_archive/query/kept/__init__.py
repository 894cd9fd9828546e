"""Plans answered from the columns and sets of words that an archive keeps."""
