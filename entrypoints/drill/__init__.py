"""Drills: a helpline's behaviour, written for people, run by a machine on a virtual clock."""
