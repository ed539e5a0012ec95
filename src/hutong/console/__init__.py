"""The door for operators: what each command does."""
