{application,knot,
             [{description,"Knots \"tied\""},
              {vsn,"0.9.2"},
              {registered,[]},
              {applications,[kernel,stdlib,xmerl]},
              {env,[{depth,3},{ratio,1.5},{sep,44},{opts,#{a => <<"b">>}}]},
              {modules,[]},
              {licenses,["Apache 2.0","MIT"]},
              {links,[]}]}.
