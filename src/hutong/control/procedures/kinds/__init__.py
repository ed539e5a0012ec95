"""What a file is, by its name and its content: pure rules that read bytes and touch nothing else."""
