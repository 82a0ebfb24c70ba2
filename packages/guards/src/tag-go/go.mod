module tag-guard

go 1.24
