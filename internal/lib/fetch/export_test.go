package fetch

// Queues counts the queues that are kept.
func (c *Client) Queues() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queues)
}
