"""The functions that may be called at the console, by what they are about."""

AGGREGATES = """
any_value approx_count_distinct arg_max arg_min avg bool_and bool_or corr count count_if covar_pop
covar_samp entropy first kurtosis last max mean median min mode product quantile_cont quantile_disc
regr_intercept regr_r2 regr_slope skewness stddev stddev_pop stddev_samp string_agg sum var_pop
var_samp variance
"""
WINDOWS = """
cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
"""
NUMBERS = """
abs cbrt ceil ceiling exp floor greatest isfinite isinf isnan least ln log log10 log2 mod pi pow
power round sign sqrt trunc
"""
TEXTS = """
ascii chr concat concat_ws contains ends_with instr left length levenshtein lower lpad ltrim
nfc_normalize prefix regexp_extract regexp_full_match regexp_matches regexp_replace repeat replace
reverse right rpad rtrim split_part starts_with strip_accents strpos substr substring suffix
translate trim unicode upper
"""
DATES = """
date_add date_diff date_part date_sub date_trunc datediff datepart datetrunc day dayname dayofmonth
dayofweek dayofyear epoch hour isodow isoyear last_day make_date make_timestamp minute month
monthname quarter second strftime strptime try_strptime week weekday weekofyear year yearweek
"""
CHOICES = "coalesce grouping grouping_id ifnull nullif"

FUNCTIONS = frozenset(" ".join((AGGREGATES, WINDOWS, NUMBERS, TEXTS, DATES, CHOICES)).split())
