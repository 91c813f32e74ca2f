"""Every component in every state on one page; mounted only in demonstrations and development."""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from station.rights import public


class StyleForm(forms.Form):
    plate = forms.CharField(label="Plate", help_text="As painted on the coach")
    bay = forms.ChoiceField(label="Bay", choices=[("", "–"), ("1", "1"), ("2", "2")])
    cash = forms.IntegerField(label="Cash counted", min_value=0)
    way = forms.ChoiceField(label="Paid by", choices=[("cash", "Cash"), ("bank", "Transfer")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Counted by two people", required=False)


@public
def styleguide(request: HttpRequest) -> HttpResponse:
    form = StyleForm({"plate": "", "bay": "1", "cash": "-5", "way": "cash"})
    form.add_error(None, "Bay 9 is taken from 13:20 until 14:05.")
    return render(request, "styleguide.html", {"form": form, "page": Paginator(range(30), 10).page(2)})
