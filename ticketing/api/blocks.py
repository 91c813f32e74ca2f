"""Seats that are not sold, for machines."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from station import clock
from station.api.base import StationView
from station.models import Departure
from ticketing import selectors, services
from ticketing.api.serializers import BlockInput, BlockOutput
from ticketing.enums import BlockKind
from ticketing.models import SeatBlock

RIGHT = "ticketing.block_seats"


class BlocksEndpoint(StationView):
    """What is taken off sale on one departure; a POST takes more."""

    right = RIGHT

    @extend_schema(responses=BlockOutput(many=True))
    def get(self, request: Request, departure_id: int) -> Response:
        found = selectors.blocks_on(self._departure(departure_id))
        return Response(BlockOutput(list(found.values()), many=True).data)

    @extend_schema(request=BlockInput, responses={201: BlockOutput(many=True)})
    def post(self, request: Request, departure_id: int) -> Response:
        given = BlockInput(data=request.data)
        given.is_valid(raise_exception=True)
        departure = self._departure(departure_id)
        return self.write_once(request, 201, lambda: self._block(departure, given.validated_data))

    def _block(self, departure: Departure, wish: Mapping[str, Any]) -> Mapping[str, object]:
        blocks = services.block_seats(
            departure_id=departure.pk, seats=wish["seats"], kind=BlockKind(wish["kind"]), reason=wish["reason"],
            by=self.person, now=clock.now(),
        )  # fmt: skip
        return {"blocks": BlockOutput(blocks, many=True).data}

    def _departure(self, departure_id: int) -> Departure:
        mine = Departure.objects.filter(station__in=self.place.stations_with(RIGHT), pk=departure_id)
        departure = mine.order_by("pk").first()
        if departure is None:
            raise Http404
        return departure


class LiftEndpoint(StationView):
    """The seat may be sold again."""

    right = RIGHT

    @extend_schema(request=None, responses=BlockOutput)
    def post(self, request: Request, block_id: int) -> Response:
        mine = SeatBlock.objects.filter(departure__station__in=self.place.stations_with(RIGHT), pk=block_id)
        if not mine.exists():
            raise Http404
        return self.write_once(request, 200, lambda: self._lift(block_id))

    def _lift(self, block_id: int) -> Mapping[str, object]:
        return BlockOutput(services.lift_block(block_id=block_id, by=self.person, now=clock.now())).data
