// Rows of figures as lines of a table.

/** A line for each number of clients that a row was measured at. */
export const perClients = (rows, line) => rows.flatMap((row) => Object.entries(row.at).map(([clients, summary]) => line(row, clients, summary)));
