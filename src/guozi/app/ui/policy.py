"""The security policy of every page: what a browser may load, run and send. The settings import it; nothing else decides it."""

from typing import Final

CONTENT_SECURITY_POLICY: Final[dict[str, object]] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
"""For django-csp 4 (`settings.CONTENT_SECURITY_POLICY`): no inline script or style, nothing from elsewhere, no frame."""

HEADERS: Final[dict[str, str]] = {
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers that Django's own SecurityMiddleware does not send; `ui.middleware.Frame` adds them."""

SECURE_REFERRER_POLICY: Final = "same-origin"
"""For `settings.SECURE_REFERRER_POLICY`: addresses of pages never leave the server."""
