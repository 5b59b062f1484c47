"""From what a model said to the program that is judged. Pure; nothing is executed."""
