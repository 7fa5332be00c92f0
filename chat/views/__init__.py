"""HTTP: find what the person may see, call an action, answer a page or a fragment."""
