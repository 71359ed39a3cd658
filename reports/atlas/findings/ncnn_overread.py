# /// finding
# adapter = "ncnn_net"
# title = "Mat(array).clone() reads up to 12 bytes behind a NumPy array"
# implementation = "ncnn"
# property = "reads_only_its_inputs"
# operation = "softmax"
# format = "f32"
# meaning = """
# Where an array ends at the end of its memory, as with mapped files, the process ends; elsewhere somebody else's
# bytes are read and not used."""
# issue = """
# ncnn 1.0.20261020, Python: ncnn.Mat(a) of a float32 array of shape (1, 1) wraps the array's memory with cstep 4, so
# that clone() copies 16 bytes of an array of 4. With an array that ends at the end of a page before one without
# access this is a segmentation fault. Expected: cstep 1 for memory that is not ncnn's own, or a copy row by row.
# Sizes that are multiples of 4 are not affected."""
# ///
import ctypes
import mmap

import ncnn
import numpy

print("ncnn", ncnn.__version__)
libc = ctypes.CDLL(None)
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
page = mmap.PAGESIZE
memory = mmap.mmap(-1, 2 * page)
array = numpy.frombuffer(memory, numpy.float32)
if libc.mprotect(array.ctypes.data + page, page, 0) != 0:
    raise SystemExit("mprotect failed")
end = page // 4
for length in 4, 1:
    row = array[end - length:end].reshape(1, length)  # all of it is in the first page
    mat = ncnn.Mat(row)
    print(f"{length} elements: sum {row.sum()}, cstep {mat.cstep}; clone, due: a copy ...", flush=True)
    mat.clone()
    print("copied", flush=True)
