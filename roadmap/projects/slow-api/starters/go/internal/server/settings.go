package server

// Settings come from the environment.
type Settings struct {
	Host, Port  string
	DatabaseURL string
	// PricingURL is where the pricing service listens; without a path.
	PricingURL string
}
