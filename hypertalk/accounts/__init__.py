"""Accounts: the user model, sign-up and sign-in of this deployment."""
