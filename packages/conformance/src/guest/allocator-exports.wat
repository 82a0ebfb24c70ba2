(export "alloc" (func $alloc))
(export "dealloc" (func $dealloc))
