"""The carrier's REST side, as a WSGI application under ``/2010-04-01/Accounts/{sid}/``."""

from exchange.rest.app import rest_app

__all__ = ["rest_app"]
