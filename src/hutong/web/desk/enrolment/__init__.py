"""Enrolment on a page: a file is looked at, told with every fault, and carried out once it is confirmed."""
