;; The memory map, which program.ts repeats for programs that name addresses:
;;
;;        0  never handed out
;;     1024  constants
;;     4096  text of a trace message
;;     8192  structures for WASI
;;    65536  bytes of a program's first text (tool, message)
;;   131072  bytes of a program's second text (arguments)
;;   196608  results of the backend
;;   262144  heap

(memory (export "memory") 4)

(global $trace_text i32 (i32.const 4096))
(global $structures i32 (i32.const 8192))
(global $text i32 (i32.const 65536))
(global $arguments i32 (i32.const 131072))
(global $result i32 (i32.const 196608))

(data (i32.const 1024) "label_agent")
(data (i32.const 1040) "label_resource")
(data (i32.const 1056) "label_response")
(data (i32.const 1072) "alloc")
(data (i32.const 1088) "dealloc")
(data (i32.const 1104) "_initialize")
(data (i32.const 1120) "_start")
(data (i32.const 1136) "start")
(data (i32.const 1152) "caught")
;; Answers that are right for a guard that is given no program.
(data (i32.const 1168) "{\"difc_mode\":\"filter\"}")
(data (i32.const 1200) "{\"resource\":{},\"operation\":\"read\"}")
