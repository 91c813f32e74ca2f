"""Pages of the manager, the accountant and the inspector."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from reports import rules, selectors
from reports.forms import DateForm
from station import clock
from station.models import Shift
from station.place import StaffRequest
from station.rights import right

_DAY = timedelta(days=1)


@right("reports.see")
def home(request: StaffRequest) -> HttpResponse:
    """The shift that runs, or the last one that did."""
    shift = selectors.newest_shift(request.place.station, clock.now())
    return _page(request, shift) if shift else render(request, "reports/empty.html")


@right("reports.see")
def shift_report(request: StaffRequest, shift_id: int) -> HttpResponse:
    return _page(request, get_object_or_404(selectors.shifts_of(request.place.station), pk=shift_id))


def _page(request: StaffRequest, shift: Shift) -> HttpResponse:
    report = selectors.shift_report(shift, now=clock.now(), reader=request.user)
    before, after = selectors.neighbours(shift)
    chart = rules.bar_chart([(f"{clock.local(hour.starts_at):%-Hh}", hour.tickets) for hour in report.hours])
    context = {"report": report, "shift": shift, "before": before, "after": after, "chart": chart}
    return render(request, "reports/shift.html", context)


@right("reports.see")
def pace(request: StaffRequest) -> HttpResponse:
    """Seconds a sale takes, clerk by clerk, on one business date."""
    station, form = request.place.station, DateForm(request.GET)
    wanted = form.cleaned_data["date"] if form.is_valid() else None
    on = wanted or selectors.newest_day(station, clock.now())
    context = {"pace": selectors.pace_of_day(station, on), "form": form, "before": on - _DAY, "after": on + _DAY}
    return render(request, "reports/pace.html", context)
