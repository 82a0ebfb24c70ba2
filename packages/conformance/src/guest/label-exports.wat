(func (export "label_agent") (param i32 i32 i32 i32) (result i32)
  (call $label (i32.const 1024) (i32.const 11)
    (local.get 0) (local.get 1) (local.get 2) (local.get 3)))

(func (export "label_resource") (param i32 i32 i32 i32) (result i32)
  (call $label (i32.const 1040) (i32.const 14)
    (local.get 0) (local.get 1) (local.get 2) (local.get 3)))

(func (export "label_response") (param i32 i32 i32 i32) (result i32)
  (call $label (i32.const 1056) (i32.const 14)
    (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
