//! From what is disclosed of each cell to every number of the findings.
