"""Charts: from values of the model to series, and from series to Bokeh figures. No database, no clock, no page.

``history``, ``timeline`` and ``usage`` compute what is drawn and need no Bokeh; ``figures`` draws it. Each figure is
made by one function, for the lab's panels, for notebooks and for tests alike.
"""
