module westwind.test/go

go 1.19
