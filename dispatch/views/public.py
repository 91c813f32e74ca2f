"""What anybody may see: the verdict behind an order's QR code, and the keys that check it off line."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dispatch import selectors
from station import clock
from station.providers.qr import public_keys
from station.rights import public


@public
@require_GET
@never_cache
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Valid, not valid, no longer valid: one word for a roadside inspector, with personal data masked."""
    now = clock.now()
    verdict = selectors.road_verdict(token, request.GET.get("p"), now)
    status = 404 if verdict.order is None else 200
    response = render(request, "dispatch/verify.html", {"verdict": verdict, "now": now}, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@public
@require_GET
def station_keys(request: HttpRequest) -> JsonResponse:
    """Public keys of the signed payload in the QR codes (JWK set)."""
    response = JsonResponse(public_keys())
    response["Access-Control-Allow-Origin"] = "*"
    return response
