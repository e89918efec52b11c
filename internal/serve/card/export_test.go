package card

// Hold takes the turn to draw, as a card that is being drawn does, until release.
func (c *Cards) Hold() (release func()) {
	c.turn <- struct{}{}
	return func() { <-c.turn }
}
