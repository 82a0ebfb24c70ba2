;; Label functions that catch whatever can be caught, and log and answer "caught" then.

(func $label_or_catch
  (param $operation i32) (param $operation_bytes i32)
  (param $input i32) (param $input_bytes i32) (param $out i32) (param $capacity i32) (result i32)
  (try (result i32)
    (do
      (call $label
        (local.get $operation) (local.get $operation_bytes)
        (local.get $input) (local.get $input_bytes) (local.get $out) (local.get $capacity)))
    (catch_all
      (call $host_log (i32.const 3) (i32.const 1152) (i32.const 6))
      (call $write_into (local.get $out) (local.get $capacity))
      (call $put_bytes (i32.const 1152) (i32.const 6))
      (global.get $length))))

(func (export "label_agent") (param i32 i32 i32 i32) (result i32)
  (call $label_or_catch (i32.const 1024) (i32.const 11)
    (local.get 0) (local.get 1) (local.get 2) (local.get 3)))

(func (export "label_resource") (param i32 i32 i32 i32) (result i32)
  (call $label_or_catch (i32.const 1040) (i32.const 14)
    (local.get 0) (local.get 1) (local.get 2) (local.get 3)))

(func (export "label_response") (param i32 i32 i32 i32) (result i32)
  (call $label_or_catch (i32.const 1056) (i32.const 14)
    (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
