"""Front-end servers and the changes of their configuration: the lists, the forms, and one as a case."""
