;; Half of an allocator, which is none.
(export "alloc" (func $alloc))
