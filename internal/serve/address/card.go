package address

import "broadsheet"

// Paths of the pictures that other sites show beside a link to a page.

// SiteCard is the card of pages that have none of their own.
const SiteCard = "/cards/site.png"

// PaperCard is a paper's card.
func PaperCard(id string) string { return "/cards" + Paper(id) + ".png" }

// DayCard is a day's card.
func DayCard(day broadsheet.Day) string { return "/cards/days/" + string(day) + ".png" }
