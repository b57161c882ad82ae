package server

//@ stage 11
import "time"

//@ end
// Settings come from the environment.
type Settings struct {
	Host, Port  string
	DatabaseURL string
	// PricingURL is where the pricing service listens; without a path.
	PricingURL string
	//@ stage 11
	// CacheTTL is how long a ranking may be kept.
	CacheTTL        time.Duration
	CacheMaxEntries int
	//@ end
	//@ stage 12
	// PricingTimeout is for a whole call of the pricing service.
	PricingTimeout time.Duration
	// MaxInFlight is how many requests may be under way; those beyond are refused.
	MaxInFlight int
	//@ end
}
