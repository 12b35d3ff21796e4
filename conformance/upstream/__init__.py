"""Fresh vectors and marked texts, made by running other projects' own code."""
