// Package policy has what is known of enterprises and what becomes of the money that policy items give them: statements of
// sources and which of them count (Fold), pages of many profiles, and the table of a grant's states. Who may have what is
// decided by package rules. It decides; it stores nothing.
package policy
