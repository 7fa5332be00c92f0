"""What allauth asks of the deployment."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that ``hypertalk.edge`` found to believe; forwarded headers do not get this far."""
        return str(request.META.get("REMOTE_ADDR", ""))
