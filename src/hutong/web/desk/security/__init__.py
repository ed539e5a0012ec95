"""Emergency plans and restore drills: their lists, their forms, and each as a case."""
