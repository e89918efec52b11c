package fetch

// Queues counts the queues that are kept.
func (c *Client) Queues() int {
	c.queues.mu.Lock()
	defer c.queues.mu.Unlock()
	return len(c.queues.named)
}
