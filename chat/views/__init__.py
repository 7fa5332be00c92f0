"""Views: find what the person may see, call an action, respond with a page or a fragment."""
