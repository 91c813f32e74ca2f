"""Complaints, for machines."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from station import clock
from station.api.base import StationView
from ticketing import selectors, services
from ticketing.enums import ComplaintState
from ticketing.models import Complaint


class ComplaintOutput(serializers.ModelSerializer[Complaint]):
    number = serializers.CharField()
    ticket = serializers.CharField(source="ticket.code")
    has_photo = serializers.BooleanField()

    class Meta:
        model = Complaint
        fields = (
            "id", "number", "ticket", "topic", "words", "phone", "has_photo", "filed_at", "due_at", "state", "answer",
            "answered_at",
        )  # fmt: skip


class AnswerInput(serializers.Serializer[Any]):
    answer = serializers.CharField(max_length=2000)


class ComplaintsEndpoint(StationView):
    """Complaints of the station: `?state=open` (the most urgent first) or `answered`."""

    right = "ticketing.see_complaints"

    @extend_schema(responses=ComplaintOutput(many=True), parameters=[OpenApiParameter("state", str)])
    def get(self, request: Request) -> Response:
        station = self.place.station
        if request.query_params.get("state") == ComplaintState.ANSWERED:
            rows = selectors.answered_complaints(station)[:100]
        else:
            rows = selectors.open_complaints(station)
        return Response(ComplaintOutput(rows, many=True).data)


class AnswerEndpoint(StationView):
    """What the passenger is to read on the page of their ticket; once."""

    right = "ticketing.answer_complaints"

    @extend_schema(request=AnswerInput, responses=ComplaintOutput)
    def post(self, request: Request, complaint_id: int) -> Response:
        given = AnswerInput(data=request.data)
        given.is_valid(raise_exception=True)
        if not selectors.complaints_at(self.place.station).filter(pk=complaint_id).exists():
            raise Http404
        return self.write_once(request, 200, lambda: self._answer(complaint_id, given.validated_data["answer"]))

    def _answer(self, complaint_id: int, answer: str) -> Mapping[str, object]:
        done = services.answer_complaint(complaint_id=complaint_id, answer=answer, by=self.person, now=clock.now())
        return ComplaintOutput(done).data
