"""Who may come in: the user model and the doors of this deployment."""
