"""Who may see the jobs, and run or discard those that were set aside."""

from tests.policies.routes import ADMIN, look, moderate

look("see jobs", "admin:jobs_job_changelist", ADMIN)
moderate("run or discard a job that was set aside", "job", "run_again", lambda w: w.job, app="jobs")
moderate(
    "run or discard a job that was set aside", "job", "discard", lambda w: w.job, app="jobs", confirmed="yes"
)
