"""The command line: one module per group of verbs. Importing it is cheap; every verb imports what it needs when it
runs."""
