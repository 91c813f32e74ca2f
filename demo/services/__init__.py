"""Building and playing the demonstration, through the same services as everybody else."""

from demo.services.bac_giang import load_bac_giang
from demo.services.diagram import ensure_diagram
from demo.services.hoa_binh import load_hoa_binh
from demo.services.today import prepare_day, prepare_start

__all__ = ["ensure_diagram", "load_bac_giang", "load_hoa_binh", "prepare_day", "prepare_start"]
