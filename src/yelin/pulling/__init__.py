"""Data is fetched in turn from where a body keeps it: a database, the web, an SFTP server."""
