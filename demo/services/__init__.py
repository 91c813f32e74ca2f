"""Building and playing the demonstration, through the same services as everybody else."""

from demo.services.bac_giang import load_bac_giang
from demo.services.hoa_binh import load_hoa_binh
from demo.services.today import prepare_ahead

__all__ = ["load_bac_giang", "load_hoa_binh", "prepare_ahead"]
