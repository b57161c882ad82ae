module distributed-cache

go 1.22
