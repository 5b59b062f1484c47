"""The application layer: from settings to a finished run file."""
