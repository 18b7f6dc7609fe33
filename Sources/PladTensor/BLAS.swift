import COpenBLAS

/// Keeps OpenBLAS on the calling thread: the split over threads is ours, so that it is the same in every run.
func configureBLAS() {
    openblas_set_num_threads(1)
}
