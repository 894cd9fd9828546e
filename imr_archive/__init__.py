"""imr-archive: the searchable archive of California's Independent Medical Review decisions."""
