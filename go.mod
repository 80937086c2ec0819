module gezhi

go 1.26
