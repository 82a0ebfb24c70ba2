;; The least that is a guard. Modules that are to be refused are this one with something changed.
(module
  ;; imports
  (memory (export "memory") 1)
  (func (export "label_agent") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "label_resource") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "label_response") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (global $heap (mut i32) (i32.const 8))
  (func (export "alloc") (param i32) (result i32)
    (global.get $heap) (global.set $heap (i32.add (global.get $heap) (local.get 0))))
  (func (export "dealloc") (param i32 i32))
  ;; more
)
