"""How runs are made and continued, whoever asks: the command line or Python."""
